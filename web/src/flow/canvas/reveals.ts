/** Which box shows what it reveals. One card serves all boxes. */
import { createContext, useContext } from "react";

/** Shows the card of a step beside an element, or none. `pinned`: the person asked for the whole list. */
export type ShowReveals = (step: string | undefined, beside?: HTMLElement, pinned?: boolean) => void;

export const RevealsContext = createContext<ShowReveals>(() => {});
export const useShowReveals = (): ShowReveals => useContext(RevealsContext);
