// What every tab of Economics stands in.
import { type FrameProps, type Place, Frame as TabFrame } from "../../parts/Frame";
import { shared, TABS, type Tab } from "./url";

const PLACE: Place = { name: "Economics", to: "/economics/$tab", tabs: TABS, keep: shared };

export function Frame<T>(props: FrameProps<T> & { tab: Tab }) {
  return <TabFrame place={PLACE} {...props} />;
}
