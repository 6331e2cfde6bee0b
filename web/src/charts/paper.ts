/** Whether what is below is for paper: nothing to press, charts as SVG. */
import { createContext } from "react";

export const OnPaper = createContext(false);
