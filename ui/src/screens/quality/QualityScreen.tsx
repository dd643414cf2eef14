// Quality: how good the answers are, as people would say, and how far each judge can be believed. One tab, one question.
import { getRouteApi } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { Empty } from "../../kit/States";
import { Judges } from "./Judges";
import { Retrieval } from "./Retrieval";
import { Trend } from "./Trend";
import type { Tab } from "./url";

const route = getRouteApi("/quality/$tab");

const SCREENS: Record<Tab, ComponentType> = { trend: Trend, calibration: Judges, retrieval: Retrieval };

export function QualityScreen() {
  const { tab } = route.useParams();
  const Screen = Object.hasOwn(SCREENS, tab) ? SCREENS[tab as Tab] : undefined;
  return Screen ? <Screen /> : <Empty title="There is nothing here" />;
}
