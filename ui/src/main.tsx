import "@mantine/core/styles.css";
import "./theme/tokens.css";
import "./theme/judges.css";
import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { router } from "./router";

// the tokens' accent and surfaces, so that Mantine's own parts wear them too
const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  colors: {
    accent: ["#e9f6f5", "#dcefee", "#b8dfdc", "#86cbc5", "#4fc1b8", "#2ba59c", "#148580", "#0f7a78", "#0b6e6e", "#085757"],
    dark: ["#e6eeed", "#c5d1cf", "#a9b8b6", "#7d8d8b", "#374747", "#2a3838", "#1a2424", "#131b1b", "#0e1414", "#0a0f0f"],
  },
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: 6,
});
/** Once, and only where the same question may get another answer. */
const askAgain = (failures: number, error: Error) =>
  failures < 1 && !(error instanceof ApiError && error.status >= 400 && error.status < 500);
const client = new QueryClient({ defaultOptions: { queries: { refetchOnWindowFocus: false, retry: askAgain } } });
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
