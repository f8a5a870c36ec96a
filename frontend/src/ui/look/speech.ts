// Which of the browser's voices may read a text out: one that speaks its language, and that needs no network.

type Voice = Pick<SpeechSynthesisVoice, "lang" | "localService">;

/** What a language's voices call it; Android says "no" of Bokmål. */
const CALLED: Record<string, readonly string[]> = { nb: ["nb", "no"] };

export function voiceFor<One extends Voice>(voices: readonly One[], code: string): One | null {
  const names = CALLED[code] ?? [code];
  // Android writes en_GB.
  return voices.find(({ lang, localService }) => localService && names.includes(lang.split(/[-_]/)[0]?.toLowerCase() ?? "")) ?? null;
}
