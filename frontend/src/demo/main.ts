// The tablet's page in the demo: the same program, below a strip that nobody can take for a tablet.

import { start } from "../wiring.ts";
import "./network.svelte.ts";
import Demo from "./Demo.svelte";
import "../ui/look/tokens.css";
import "../ui/look/base.css";

start(Demo);
