// Latency: how long it takes, what is waited for, what was lost, and what moved. One tab, one question.
import { getRouteApi } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { Empty } from "../../kit/States";
import { Compare } from "./Compare";
import { Length } from "./Length";
import { Lost } from "./Lost";
import { Overview } from "./Overview";
import type { Tab } from "./url";
import { Waits } from "./Waits";

const route = getRouteApi("/latency/$tab");

const SCREENS: Record<Tab, ComponentType> = {
  percentiles: Overview,
  waits: Waits,
  lost: Lost,
  length: Length,
  compare: Compare,
};

export function LatencyScreen() {
  const { tab } = route.useParams();
  const Screen = Object.hasOwn(SCREENS, tab) ? SCREENS[tab as Tab] : undefined;
  return Screen ? <Screen /> : <Empty title="There is nothing here" />;
}
