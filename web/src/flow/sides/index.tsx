/** What stands around the canvas: forms, lists, texts, saving, running. */
export { Bottom } from "../bottom/Bottom";
export { CodeView } from "../code/CodeView";
export { SavedState } from "../drafts/SavedState";
export { Drawer } from "../drawer/Drawer";
export { FileMenu } from "../exchange/FileMenu";
export { ListView } from "../list/ListView";
export { openPreview } from "../preview/asked";
export { RunButton } from "../preview/RunButton";
export { Templates } from "../templates/Templates";
export { Sides } from "./Sides";
