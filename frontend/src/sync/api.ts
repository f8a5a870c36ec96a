// One call to the server: sent, awaited, judged. Every way in which it can end is a value.

import type { Reader } from "./shapes.ts";
import { read } from "./shapes.ts";
import { problemReply } from "./replies.ts";

export type Outage = "unreachable" | "not-our-server" | "timeout";

export type Outcome<T> =
  | { kind: "ok"; reply: T; timing: Timing }
  /** The server itself said no. */
  | { kind: "problem"; status: number; code: string }
  /** Nobody answered, or somebody else did. */
  | { kind: "outage"; why: Outage };

/** When the call left and how long it took; `sent_ms` by this tablet's clock. */
export interface Timing {
  sent_ms: number;
  round_trip_ms: number;
}

export interface Call {
  method: "GET" | "POST";
  path: string;
  token: string | null;
  body?: unknown;
}

export type Send = (url: string, init: RequestInit) => Promise<Response>;

const BASE = "/api/v1/";
const TIMEOUT_MS = 30_000;

/** `fetch` must be called on the window, hence the wrapping. */
const browserSend: Send = (url, init) => fetch(url, init);

interface Answer {
  response: Response;
  bytes: Uint8Array<ArrayBuffer>;
  timing: Timing;
}

function requestFor(call: Call): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (call.token !== null) headers["Authorization"] = `Bearer ${call.token}`;
  if (call.body !== undefined) headers["Content-Type"] = "application/json";
  return {
    method: call.method,
    headers,
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  };
}

async function ask(call: Call, send: Send): Promise<Answer | { kind: "outage"; why: Outage }> {
  const sent_ms = Date.now();
  const started = performance.now();
  try {
    const response = await send(BASE + call.path, requestFor(call));
    const round_trip_ms = performance.now() - started;
    return { response, bytes: new Uint8Array(await response.arrayBuffer()), timing: { sent_ms, round_trip_ms } };
  } catch (failure) {
    const timedOut = failure instanceof DOMException && failure.name === "TimeoutError";
    return { kind: "outage", why: timedOut ? "timeout" : "unreachable" };
  }
}

function isJson(response: Response): boolean {
  return /^application\/(problem\+)?json\b/.test(response.headers.get("Content-Type") ?? "");
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function refusalIn({ response, bytes }: Answer): Outcome<never> {
  const problem = isJson(response) ? read(problemReply, parsed(bytes)) : null;
  if (problem !== null) return { kind: "problem", status: response.status, code: problem.code };
  // 511 is how a network says by the book that it wants a login.
  if (response.status === 511) return { kind: "outage", why: "not-our-server" };
  // Our server always says a code. A bare 413 or 5xx is a proxy in front of it: the batch may be at fault.
  if (response.status === 413) return { kind: "problem", status: 413, code: "too-large" };
  if (response.status >= 500) return { kind: "problem", status: response.status, code: "server-error" };
  return { kind: "outage", why: "not-our-server" };
}

export async function callForJson<T>(call: Call, reader: Reader<T>, send: Send = browserSend): Promise<Outcome<T>> {
  const answer = await ask(call, send);
  if ("kind" in answer) return answer;
  if (!answer.response.ok) return refusalIn(answer);
  const reply = isJson(answer.response) ? read(reader, parsed(answer.bytes)) : null;
  if (reply === null) return { kind: "outage", why: "not-our-server" };
  return { kind: "ok", reply, timing: answer.timing };
}

/** For content that proves itself by its digest, whatever its type is said to be. */
export async function callForBytes(call: Call, send: Send = browserSend): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const answer = await ask(call, send);
  if ("kind" in answer) return answer;
  if (!answer.response.ok) return refusalIn(answer);
  return { kind: "ok", reply: answer.bytes, timing: answer.timing };
}

/** server − tablet in ms, taking the reply to have been written half-way through the round trip. */
export function clockOffsetMs(server_ms: number, timing: Timing): number {
  // Adding 0 turns the −0 that rounding can give into 0: canonical JSON has no −0.
  return Math.round(server_ms - (timing.sent_ms + timing.round_trip_ms / 2)) + 0;
}
