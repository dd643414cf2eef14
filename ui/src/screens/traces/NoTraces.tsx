import { Copy } from "../../kit/Copy";

export function NoTraces({ project }: { project: string }) {
  const lines = [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}`,
    ...(project === "default" ? [] : [`export OTEL_EXPORTER_OTLP_HEADERS=x-sightline-project=${project}`]),
    "pip install openinference-instrumentation-openai opentelemetry-distro opentelemetry-exporter-otlp",
    "opentelemetry-instrument python app.py",
  ].join("\n");
  return (
    <div style={{ maxWidth: 640, display: "grid", gap: 8, justifyItems: "start" }}>
      <span>
        Any OpenTelemetry client finds this server; an exporter without configuration sends to port 4318 already.{" "}
        <Copy value={lines} what="commands" />
      </span>
      <pre className="code">{lines}</pre>
    </div>
  );
}
