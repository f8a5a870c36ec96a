// Trusted Types: where the browser has them, nothing but these addresses can become a script of the tablet's.

const SCRIPTS = { serviceWorker: "/serviceworker.js", scanner: "/tablet/scanner.js" } as const;

interface Policies {
  createPolicy: (name: string, rules: { createScriptURL: (address: string) => string }) => {
    createScriptURL: (address: string) => unknown;
  };
}

const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
const policy = policies?.createPolicy("bedside", { createScriptURL: (address) => address });

/** The address of a script of ours, as the browser takes it; TypeScript still wants it to be a string. */
export function scriptAddress(script: keyof typeof SCRIPTS): string {
  const address = SCRIPTS[script];
  return (policy?.createScriptURL(address) ?? address) as string;
}
