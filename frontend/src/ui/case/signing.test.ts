import { describe, expect, it } from "vitest";
import type { PhaseView, SignatureView } from "../../core/readiness.ts";
import type { PersonRow } from "../../store/database.ts";
import { maySign, nextSlot } from "./signing.ts";

const person = (name: string, ...roles: string[]) => ({ person: name, roles }) as unknown as PersonRow;
const nurse = person("nora", "nurse");
const doctor = person("clara", "clinician");
const slot = (role: string, more: Partial<SignatureView> = {}) =>
  ({ roles: [role], another_person: true, needed: true, signable: true, standing: [], ...more }) as unknown as SignatureView;
const phase = (...signatures: SignatureView[]) => ({ signatures }) as unknown as PhaseView;
const earlier = () => new Set(["nora"]);

describe("who signs", () => {
  it("is someone of a named role, and another person where that is asked", () => {
    expect(maySign(nurse, slot("nurse"), new Set())).toBe(true);
    expect(maySign(nurse, slot("nurse"), earlier())).toBe(false);
    expect(maySign(nurse, slot("nurse", { another_person: false }), earlier())).toBe(true);
    expect(maySign(nurse, slot("clinician"), new Set())).toBe(false);
  });

  it("is next whoever is here and may", () => {
    const both = phase(slot("nurse"), slot("clinician"));
    expect(nextSlot(both, 0, [nurse, doctor], earlier)).toBe(1);
    expect(nextSlot(both, 0, [nurse], earlier)).toBeNull();
    expect(nextSlot(both, 1, [nurse, doctor], earlier)).toBeNull();
  });

  it("is nobody for a signature that is not asked for, not ready, or there", () => {
    for (const more of [{ needed: false }, { needed: null }, { signable: false }, { standing: ["digest"] }]) {
      expect(nextSlot(phase(slot("nurse"), slot("clinician", more)), 0, [doctor], earlier)).toBeNull();
    }
  });
});
