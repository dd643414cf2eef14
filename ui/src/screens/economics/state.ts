// What the screens of Economics read from their URL and how they change it.
import { useAsked } from "../../parts/useAsked";
import type { EconomicsSearch } from "./url";

export const useEconomics = () => useAsked<EconomicsSearch>();
