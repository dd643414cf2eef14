// How the first trace gets here: lines to paste.
import { Copy } from "../../kit/Copy";

export function NoTraces({ project }: { project: string }) {
  const lines = [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}`,
    "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    ...(project === "default" ? [] : [`export OTEL_EXPORTER_OTLP_HEADERS=x-sightline-project=${encodeURIComponent(project)}`]),
    "pip install opentelemetry-distro opentelemetry-exporter-otlp openinference-instrumentation-openai",
    "opentelemetry-instrument python app.py",
  ].join("\n");
  return (
    <div style={{ maxWidth: 760 }}>
      <p>Any OpenTelemetry client can send here. An exporter without configuration finds port 4318 by itself.</p>
      <div style={{ position: "relative" }}>
        <pre className="code">{lines}</pre>
        <span style={{ position: "absolute", top: 6, right: 6 }}>
          <Copy value={lines} what="commands" />
        </span>
      </div>
    </div>
  );
}
