// Text of any length: what a person reads at once is shown, the rest when asked for. Ten megabytes laid out at once freeze a browser.
import { useState } from "react";

const AT_ONCE = 20_000;

export function Clipped({ children: text }: { children: string }) {
  const [shown, setShown] = useState(AT_ONCE);
  if (text.length <= shown) return text;
  return (
    <>
      {text.slice(0, shown)}
      <button type="button" className="more" onClick={() => setShown(shown * 10)}>
        Show more: {shown.toLocaleString("en-US")} of {text.length.toLocaleString("en-US")} characters are here
      </button>
    </>
  );
}
