/** Whether a large flow is seen from so far away that its boxes and wires are only sketched. */
import { createContext, useContext } from "react";
import { makeStore, type Store, useStore } from "../../core/store";

export const SketchContext = createContext<Store<boolean>>(makeStore(false));
export const useSketched = (): boolean => useStore(useContext(SketchContext));
