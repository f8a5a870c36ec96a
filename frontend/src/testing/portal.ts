// A captive portal: a real server on this machine that answers every request as such networks do, and never is ours.

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Send } from "../sync/api.ts";

const PAGE = "<!doctype html><title>Guest network</title><form>Log in</form>";

function say(response: ServerResponse, status: number, headers: Record<string, string>, body = ""): void {
  response.writeHead(status, headers).end(body);
}

const HTML = { "Content-Type": "text/html; charset=utf-8" };
const JSON_TYPE = { "Content-Type": "application/json" };

export const PORTALS = {
  "its page with 200": (response: ServerResponse) => { say(response, 200, HTML, PAGE); },
  "its page with 200, said to be JSON": (response: ServerResponse) => { say(response, 200, JSON_TYPE, PAGE); },
  "JSON of its own with 200": (response: ServerResponse) => { say(response, 200, JSON_TYPE, '{"success":true,"redirect":"/login"}'); },
  "an empty 200": (response: ServerResponse) => { say(response, 200, JSON_TYPE); },
  "204 and nothing": (response: ServerResponse) => { say(response, 204, {}); },
  "a redirect to its page": (response: ServerResponse, path: string) => {
    if (path === "/login") say(response, 200, JSON_TYPE, '{"v":1}');
    else say(response, 302, { Location: "/login" });
  },
  "its page with 511": (response: ServerResponse) => { say(response, 511, HTML, PAGE); },
  "a cut connection": (response: ServerResponse) => { response.destroy(); },
} as const;

export interface Portal {
  send: Send;
  /** The paths that were asked for. */
  asked: string[];
  close: () => Promise<void>;
}

export async function portal(kind: keyof typeof PORTALS): Promise<Portal> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    PORTALS[kind](response, request.url ?? "");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    send: (url, init) => fetch(`http://127.0.0.1:${port}${url}`, init),
    asked,
    close: () => new Promise((closed) => {
      server.close(() => { closed(); });
      server.closeAllConnections();
    }),
  };
}
