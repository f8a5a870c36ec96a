// The tablet's page.

import { start } from "./wiring.ts";
import AppView from "./ui/App.svelte";
import "./ui/look/tokens.css";
import "./ui/look/base.css";

start(AppView);
