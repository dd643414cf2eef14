// What every tab of Quality stands in.
import { type FrameProps, type Place, Frame as TabFrame } from "../../parts/Frame";
import { shared, TABS, type Tab } from "./url";

export const PLACE: Place = { name: "Quality", to: "/quality/$tab", tabs: TABS, keep: shared };

export function Frame<T>(props: FrameProps<T> & { tab: Tab }) {
  return <TabFrame place={PLACE} {...props} />;
}
