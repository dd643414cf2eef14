// Economics: where the money goes, what comes in, and what is lost on the way. One tab, one question.
import { getRouteApi } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { Empty } from "../../kit/States";
import { Budgets } from "./Budgets";
import { Cache } from "./Cache";
import { Margin } from "./Margin";
import { Prices } from "./Prices";
import { Spend } from "./Spend";
import type { Tab } from "./url";
import { Waste } from "./Waste";
import { WhatIf } from "./WhatIf";

const route = getRouteApi("/economics/$tab");

const SCREENS: Record<Tab, ComponentType> = {
  spend: Spend,
  cache: Cache,
  margin: Margin,
  waste: Waste,
  "what-if": WhatIf,
  budgets: Budgets,
  prices: Prices,
};

export function EconomicsScreen() {
  const { tab } = route.useParams();
  const Screen = Object.hasOwn(SCREENS, tab) ? SCREENS[tab as Tab] : undefined;
  return Screen ? <Screen /> : <Empty title="There is nothing here" />;
}
