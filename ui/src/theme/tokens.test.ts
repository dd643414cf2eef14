import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const INKS = ["ink", "ink-2", "ink-3", "accent", "bad", "k-llm", "k-tool"];
const SURFACES = ["page", "panel", "raised", "selected"];

describe.each(["light", "dark"])("%s", (scheme) => {
  const block = new RegExp(`scheme="${scheme}"\\] \\{([^}]*)`).exec(css)?.[1] ?? "";
  const colours = new Map([...block.matchAll(/--([\w-]+): (#\w{6})/g)].map((found) => [found[1], found[2]]));
  it.each(INKS.flatMap((ink) => SURFACES.map((surface) => [ink, surface])))("%s is readable on %s (WCAG AA)", (ink, surface) => {
    expect(contrast(colours.get(ink), colours.get(surface))).toBeGreaterThanOrEqual(4.5);
  });
});

/** WCAG 2.2's contrast ratio of two colours, #rrggbb. */
function contrast(a = "", b = ""): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
