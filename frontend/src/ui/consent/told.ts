// One act about a consent, told in words: what the form's keys mean, and what was written down beside them.

import type { Json } from "../../core/canonical.ts";
import type { ConsentKind, Words } from "../../core/release.ts";
import type { Speaker } from "../answer/words.ts";
import { languageName } from "../look/languages.ts";
import type { Step } from "./history.ts";

export function toldIn({ act, body, part }: Step, kind: ConsentKind, speaker: Speaker, now_ms: number): string[] {
  const t = speaker.words.consent;
  const text = (value: Json | undefined) => (typeof value === "string" ? value : "");
  const titled = (named: readonly { key: string; title: Words }[], value: Json | undefined) =>
    speaker.of(named.find(({ key }) => key === value)?.title ?? null) || text(value);
  const worded = (words: Record<string, string>, value: Json | undefined) => words[text(value)] ?? text(value);
  const moment = (value: Json | undefined) => (typeof value === "number" ? speaker.moment(value, now_ms) : "");
  const labelled = (label: string, ...said: string[]) => {
    const known = said.filter((one) => one !== "");
    return known.length === 0 ? "" : `${label}: ${known.join(", ")}`;
  };
  const risks = () => {
    const told = Array.isArray(body["risks"]) ? body["risks"].map(String) : [];
    return told.map((risk) => speaker.of(kind.risks.find(({ key }) => key === risk)?.text ?? null) || risk).join("; ");
  };
  const interpreter = () => labelled(t.interpreter, worded(t.interpreters, body["interpreter"] ?? ""), text(part["interpreter"]));
  const relation = () => titled(kind.relations, body["relation"]);
  const method = () =>
    kind.methods.some(({ key, drawn }) => key === body["method"] && drawn) && body["drawn"] === false ? t.undrawn : titled(kind.methods, body["method"]);
  const decision = () => [
    labelled(t.basis, titled(kind.bases, body["basis"])),
    labelled(t.way, method(), languageName(text(body["language"]))),
    labelled(t.decidedAt, moment(body["decided_ms"])),
    labelled(t.where, text(part["where"])),
    labelled(t.seenBy, text(part["seen_by"])),
    labelled(t.witness, text(part["witness"])),
    labelled(t.identity, worded(t.checks, body["checked"]), text(part["checked"])),
    interpreter(),
    labelled(t.refusedWhy, text(part["reason"])),
  ];
  const lines: Record<Step["act"], () => string[]> = {
    informed: () => [
      labelled(t.toldAt, moment(body["given_ms"]), text(part["by"])),
      labelled(t.language, languageName(text(body["language"]))),
      labelled(t.risksTold, risks()),
      labelled(t.copyWas, worded(t.copies, body["copy"])),
      interpreter(),
      labelled(t.questions, text(part["questions"])),
    ],
    granted: decision,
    refused: decision,
    heard: () => [
      labelled(t.viewWas, worded(t.views, body["view"])),
      body["informed"] === true ? t.wasTold : t.wasNotTold,
      text(part["words"]),
    ],
    confirmed: () => [labelled(t.askedOf, relation()), labelled(t.changes, text(part["changes"]))],
    withdrawn: () => [
      labelled(t.withdrawnBy, relation(), text(part["name"])),
      labelled(t.way, method()),
      labelled(t.tissueWas, titled(kind.tissue, body["tissue"] ?? "")),
      labelled(t.withdrawReason, text(part["reason"])),
    ],
  };
  return lines[act]().filter((line) => line !== "");
}
