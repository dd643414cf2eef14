// Reliability: what failed, openly or silently, what was tried again, and whether the objectives are kept. One tab, one question.
import { getRouteApi } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { Empty } from "../../kit/States";
import { Errors } from "./Errors";
import { Hops } from "./Hops";
import { Objectives } from "./Objectives";
import { Providers } from "./Providers";
import { Retries } from "./Retries";
import { Sessions } from "./Sessions";
import { Silent } from "./Silent";
import type { Tab } from "./url";

const route = getRouteApi("/reliability/$tab");

const SCREENS: Record<Tab, ComponentType> = {
  errors: Errors,
  silent: Silent,
  providers: Providers,
  retries: Retries,
  sessions: Sessions,
  map: Hops,
  objectives: Objectives,
};

export function ReliabilityScreen() {
  const { tab } = route.useParams();
  const Screen = Object.hasOwn(SCREENS, tab) ? SCREENS[tab as Tab] : undefined;
  return Screen ? <Screen /> : <Empty title="There is nothing here" />;
}
