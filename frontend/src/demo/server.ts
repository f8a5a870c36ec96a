// What the demo's strip asks the server for, beside the tablet's own API (frontend/demo.py).

/** What the page brings. */
export interface Told {
  /** Of all who are enrolled here by the start page. */
  pin: string;
  passwords: Record<string, string>;
  /** By role: how the identifiers of the children end whose case the tour takes. */
  tour: Record<string, string>;
}

export interface Verdict {
  verifies: boolean;
  said: string[];
}

export function toldByPage(): Told {
  return JSON.parse(document.getElementById("demo")?.textContent ?? "null") as Told;
}

/** For a form that is sent, and for the calls below. */
export async function csrfToken(): Promise<string> {
  return ((await answerOf(await fetch("/demo/token"))) as { token: string }).token;
}

export async function tabletCode(): Promise<string> {
  return ((await post("/demo/tablet-code")) as { code: string }).code;
}

/** Has the server export a case and run verify_export.py over the file. */
export async function verified(caseId: string): Promise<Verdict> {
  return (await post(`/demo/verify/${caseId}`)) as Verdict;
}

export function rowAddress(caseId: string): string {
  return `/admin/procedures/record/?case=${caseId}`;
}

/** Whether the list of records, as whoever is logged in here sees it, holds the case. */
export async function standsInRecords(caseId: string): Promise<boolean> {
  const response = await fetch(rowAddress(caseId));
  return response.ok && !response.redirected && (await response.text()).includes(`record/${caseId}/change/`);
}

async function post(address: string): Promise<unknown> {
  return answerOf(await fetch(address, { method: "POST", headers: { "X-CSRFToken": await csrfToken() } }));
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return response.json();
}
