import { expect, it } from "vitest";
import { ApiError } from "../../api/client";
import { objectionOf } from "./objections";

it.each([
  [new ApiError("amount_usd: Input should be greater than 0.", 422, null), "amount_usd", "Input should be greater than 0."],
  [
    new ApiError("Unknown fact 'modle' at column 1: did you mean 'model'?", 422, 1),
    "filter",
    "Unknown fact 'modle' at column 1: did you mean 'model'?",
  ],
  [new ApiError("The store is closed.", 503, null), null, "The store is closed."],
  [new Error("colour: red"), null, "colour: red"],
])("%s is about %s", (error, field, message) => expect(objectionOf(error)).toEqual({ field, message }));
