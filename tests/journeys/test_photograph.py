"""What a browser makes of a picture of a paper: small enough to be sent, upright, and without what the camera wrote."""

import base64
import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from procedures.core.entry import MAX_BLOB_BYTES
from tests.journeys.harness import Server, TabletFactory
from tests.journeys.services import ROOT

# The piece by itself, as a script that leaves `photographing` behind.
BUNDLE = """
import { build } from "vite";
const lib = { entry: "src/ui/photo/scale.ts", formats: ["iife"], name: "photographing" };
const [made] = await build({ configFile: false, logLevel: "silent", build: { lib, write: false } });
process.stdout.write(made.output[0].code);
"""

# Writing on paper, under a lamp, with the noise of a camera: `noise` from 0 to 1.
PAPER = """
async ({ width, height, noise, type }) => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  const lamp = pen.createRadialGradient(width / 3, height / 3, 10, width / 2, height / 2, width);
  lamp.addColorStop(0, "#fffdf2");
  lamp.addColorStop(1, "#8d8a80");
  pen.fillStyle = lamp;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#123";
  pen.font = "44px serif";
  for (let y = 90; y < height; y += 60) pen.fillText("I have been told what is done, and agree. ".repeat(4), 80, y);
  const picture = pen.getImageData(0, 0, width, height);
  for (let at = 0; at < picture.data.length; at++) {
    if (at % 4 !== 3) picture.data[at] += (Math.random() - 0.5) * 255 * noise;
  }
  pen.putImageData(picture, 0, 0);
  globalThis.picture = await new Promise((done) => canvas.toBlob(done, type, 0.95));
  return globalThis.picture.size;
}
"""

# What comes out, and how it looks when it is read again.
TAKEN = """
async () => {
  const made = await photographing.photographFrom(globalThis.picture);
  if (made.kind !== "taken") return made;
  const { bytes, digest } = made.photograph;
  const shown = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const base64 = btoa(String.fromCharCode(...bytes.slice(0, 4000)));
  return { kind: "taken", digest, width: shown.width, height: shown.height, base64, size: bytes.length };
}
"""

# A JPEG of which the camera says that it lies on its side (orientation 6).
TURNED = """
async () => {
  const bytes = new Uint8Array(await globalThis.picture.arrayBuffer());
  const head = [0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1];
  const exif = [...head, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
  const app1 = [0xff, 0xe1, 0, exif.length + 2, ...exif];
  globalThis.picture = new Blob([bytes.slice(0, 2), new Uint8Array(app1), bytes.slice(2)], { type: "image/jpeg" });
}
"""


@pytest.fixture(scope="module")
def piece() -> str:
    command = ["node", "--input-type=module", "--eval", BUNDLE]
    return subprocess.run(command, cwd=ROOT / "frontend", capture_output=True, text=True, check=True).stdout


@pytest.fixture
def ask(server: Server, tablet_factory: TabletFactory, piece: str) -> Callable[..., Any]:
    """Asks the tablet's page, in which the piece is loaded."""
    page = tablet_factory().open("/tablet/")
    page.evaluate(f"{piece}; globalThis.photographing = photographing;")
    return page.evaluate


@pytest.mark.parametrize(
    ("noise", "type_"), [(0.02, "image/jpeg"), (0.3, "image/jpeg"), (0.3, "image/png"), (1, "image/png")]
)
def test_a_cameras_picture_becomes_small_enough(ask: Callable[..., Any], noise: float, type_: str) -> None:
    given = ask(PAPER, {"width": 4000, "height": 3000, "noise": noise, "type": type_})
    assert given > MAX_BLOB_BYTES
    taken = ask(TAKEN)
    assert taken["kind"] == "taken", json.dumps(taken)
    assert 50_000 < taken["size"] <= MAX_BLOB_BYTES
    assert base64.b64decode(taken["base64"]).startswith(b"\xff\xd8\xff")
    assert max(taken["width"], taken["height"]) <= 1800
    assert round(taken["width"] / taken["height"], 2) == 1.33


def test_an_ordinary_one_stays_legible(ask: Callable[..., Any]) -> None:
    ask(PAPER, {"width": 4000, "height": 3000, "noise": 0.02, "type": "image/jpeg"})
    assert ask(TAKEN)["width"] == 1800


def test_it_is_upright_and_without_what_the_camera_wrote(ask: Callable[..., Any]) -> None:
    ask(PAPER, {"width": 400, "height": 200, "noise": 0, "type": "image/jpeg"})
    ask(TURNED)
    taken = ask(TAKEN)
    assert (taken["width"], taken["height"]) == (200, 400)
    assert b"Exif" not in base64.b64decode(taken["base64"])


def test_what_is_no_picture_is_said_to_be_none(ask: Callable[..., Any]) -> None:
    ask("() => { globalThis.picture = new Blob(['%PDF-1.7'], { type: 'image/jpeg' }); }")
    assert ask(TAKEN) == {"kind": "problem", "problem": "not-a-picture"}
    ask("() => { globalThis.picture = new Blob([new Uint8Array(41 * 1024 * 1024)]); }")
    assert ask(TAKEN) == {"kind": "problem", "problem": "too-large"}
