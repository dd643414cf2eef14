// What the screens of Latency read from their URL and how they change it.
import { useAsked } from "../../parts/useAsked";
import type { LatencySearch } from "./url";

export const useLatency = () => useAsked<LatencySearch>();
