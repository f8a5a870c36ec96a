import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

// Imports run one way: ui -> sync -> store -> vault -> core. Each folder lists what it may not see.
const LAYERS = ["core", "vault", "store", "sync", "ui"];

function layerRules() {
  return LAYERS.map((layer, rank) => {
    const above = [...LAYERS.slice(rank + 1), "i18n", "sw", "desk", "demo", "main"];
    const forbidden = layer === "ui" ? ["sw", "desk", "demo", "main"] : above;
    const patterns = forbidden.map((name) => ({
      regex: name === "main" ? "(^|/)main\\.ts$" : `(^|\\.\\./)${name}/`,
      message: `${layer} may not import ${name}: ui -> sync -> store -> vault -> core.`,
    }));
    return { files: [`src/${layer}/**`], ignores: ["**/*.test.ts"], rules: { "no-restricted-imports": ["error", { patterns }] } };
  });
}

export default ts.config(
  { ignores: ["static/", "node_modules/"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: {
        project: ["./tsconfig.json", "./tsconfig.test.json", "./tsconfig.sw.json", "./tsconfig.node.json"],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".svelte"],
      },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    // Classes here hold plain look-ups that are made anew, never changed while shown.
    rules: { "svelte/prefer-svelte-reactivity": "off" },
  },
  {
    files: ["**/*.svelte"],
    // This parser sees what comes from other components as `any`; svelte-check knows the types and checks them.
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-redundant-type-constituents": "off",
    },
  },
  { files: ["**/*.js"], ...ts.configs.disableTypeChecked },
  ...layerRules(),
  {
    // The admin's program is no part of the tablet's, but for the one definition of a release's HTML.
    files: ["src/desk/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [{ regex: "^\\.\\./(?!ui/look/(html\\.ts|tokens\\.css)$)" }] }] },
  },
);
