// The admin's scripts are Django's and unfold's and write HTML as text. Under Trusted Types the browser asks this policy
// about each such text, and gets it without anything that could run. Of scripts and their addresses it lets none pass.

import DOMPurify from "dompurify";

interface Policies {
  createPolicy: (name: string, rules: { createHTML: (html: string) => string }) => void;
}

const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
policies?.createPolicy("default", { createHTML: (html) => DOMPurify.sanitize(html) });
