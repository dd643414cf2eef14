// Which model is asked, and where; several are a jury.
import { Button, NumberInput, TextInput } from "@mantine/core";
import type { Model } from "../../api/judges";

type Props = { models: Model[]; error: string | undefined; onChange: (models: Model[]) => void };

export function Models({ models, error, onChange }: Props) {
  const put = (index: number, next: Partial<Model>) =>
    onChange(models.map((one, at) => (at === index ? { ...one, ...next } : one)));
  return (
    <fieldset className="rows">
      <legend>{models.length > 1 ? "A jury of" : "Asks"}</legend>
      {models.map((model, index) => (
        <div className="model" key={index /* nothing else tells them apart while they are edited */}>
          <div className="pair">
            <TextInput
              size="xs"
              label="Model"
              value={model.model}
              error={index === 0 ? error : undefined}
              onChange={(e) => put(index, { model: e.currentTarget.value })}
            />
            <TextInput
              size="xs"
              label="OpenAI-compatible endpoint"
              placeholder="https://api.openai.com/v1"
              value={model.endpoint ?? ""}
              onChange={(e) => put(index, { endpoint: e.currentTarget.value || null })}
            />
            <TextInput
              size="xs"
              label="Its key is in the worker's variable"
              placeholder="none"
              className="mono-input"
              value={model.api_key_env ?? ""}
              onChange={(e) => put(index, { api_key_env: e.currentTarget.value || null })}
            />
          </div>
          <div className="pair">
            <NumberInput
              size="xs"
              label="USD for a million tokens in"
              placeholder="from the catalogue"
              min={0}
              value={model.prices?.input_usd ?? ""}
              onChange={(said) => put(index, { prices: priced(said, model.prices?.output_usd ?? 0) })}
            />
            <NumberInput
              size="xs"
              label="and out"
              placeholder="from the catalogue"
              min={0}
              value={model.prices?.output_usd ?? ""}
              onChange={(said) =>
                put(index, { prices: model.prices ? { ...model.prices, output_usd: Number(said) } : priced(0, Number(said)) })
              }
            />
            {models.length > 1 && (
              <Button size="xs" variant="subtle" color="gray" onClick={() => onChange(models.toSpliced(index, 1))}>
                Remove
              </Button>
            )}
          </div>
        </div>
      ))}
      {models.length < 9 && (
        <Button
          size="compact-xs"
          variant="default"
          title="Several models are a jury: their verdicts are put together"
          onClick={() => onChange([...models, { ...(models.at(-1) as Model) }])}
        >
          Another model
        </Button>
      )}
    </fieldset>
  );
}

const priced = (input: string | number, output: number): { input_usd: number; output_usd: number } | null =>
  input === "" ? null : { input_usd: Number(input), output_usd: output };
