import type { ItemView } from "../../core/readiness.ts";
import type { Answer } from "../case/drafts.ts";

/**
 * Writes an answer; true: it is saved. It replaces what the person was shown: `over`, where they began earlier, else
 * what is shown now. Whatever came in between stays beside it, to be settled.
 */
export type Give = (answer: Answer, over?: ItemView) => Promise<boolean>;
