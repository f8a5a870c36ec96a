// The states of a consent, the acts that lead from one to another, and which of them are offered. Twin of
// procedures/core/consentstates.py; docs/consent.md draws it, and tests/vectors/consent.json has each cell.

export type ConsentStatus =
  | "draft" | "informed" | "partly-signed" | "valid" | "confirmed" | "used"
  | "refused" | "withdrawn" | "needs-reconfirmation" | "entered-in-error";

/** What a person may be offered to do. */
export type ConsentOffer = "inform" | "grant" | "refuse" | "confirm" | "withdraw";

/** Where an act leads. One that is not `offered` may arrive all the same, from a tablet that did not know. */
export interface Cell {
  readonly to: string;
  readonly offered: boolean;
}

// `partly` and `granted`: the decisions of some, and of all, who must grant; `voided`: all decisions are;
// `changed`: what they rest on has (text, plan, day) or too long has passed; `done`: the procedure is.
// A dot: the state stays; a minus: not offered.
const TABLE = `
from                 informed partly        granted refused  confirmed withdrawn  voided   changed              done
draft                informed partly-signed valid   refused  -.        -withdrawn -.       -.                   -.
informed             .        partly-signed valid   refused  -.        -withdrawn -.       -.                   -.
partly-signed        .        .             valid   refused  -.        withdrawn  informed -.                   -.
valid                .        .             .       refused  confirmed withdrawn  informed needs-reconfirmation used
confirmed            .        .             .       refused  -.        withdrawn  informed needs-reconfirmation used
used                 -.       -.            -.      -refused -.        withdrawn  informed needs-reconfirmation -.
refused              .        partly-signed valid   .        -.        -withdrawn informed -.                   -.
withdrawn            .        partly-signed valid   refused  -.        -.         -.       -.                   -.
needs-reconfirmation .        .             valid   refused  confirmed withdrawn  informed .                    -.
entered-in-error     informed partly-signed valid   refused  -.        -withdrawn -.       -.                   -.
`;

export const STATES: ReadonlyMap<string, ReadonlyMap<string, Cell>> = read(TABLE);

function read(table: string): ReadonlyMap<string, ReadonlyMap<string, Cell>> {
  const [head = [], ...rows] = table.trim().split("\n").map((line) => line.trim().split(/ +/));
  return new Map(rows.map(([state = "", ...cells]) =>
    [state, new Map(cells.map((cell, index) => [head[index + 1] ?? "", cellOf(cell, state)]))]));
}

function cellOf(cell: string, state: string): Cell {
  const to = cell.replace(/^-/, "");
  return { to: to === "." ? state : to, offered: !cell.startsWith("-") };
}

/** What some or all grant is one act on a screen. */
const OFFERED: readonly (readonly [act: string, offer: ConsentOffer])[] = [
  ["informed", "inform"], ["granted", "grant"], ["refused", "refuse"], ["confirmed", "confirm"], ["withdrawn", "withdraw"],
];

export function offers(status: ConsentStatus): readonly ConsentOffer[] {
  return OFFERED.filter(([act]) => STATES.get(status)?.get(act)?.offered === true).map(([, offer]) => offer);
}
