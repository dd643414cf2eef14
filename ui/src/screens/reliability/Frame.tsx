// What every tab of Reliability stands in.
import { type FrameProps, type Place, Frame as TabFrame } from "../../parts/Frame";
import { shared, TABS, type Tab } from "./url";

const PLACE: Place = { name: "Reliability", to: "/reliability/$tab", tabs: TABS, keep: shared };

export function Frame<T>(props: FrameProps<T> & { tab: Tab }) {
  return <TabFrame place={PLACE} {...props} />;
}
