/** What runs along with the editor: checking, saving, comparing, and the dialogs that ask. */
import { lazy, Suspense, useEffect } from "react";
import { useGet } from "../../api/hooks";
import { useStore } from "../../core/store";
import { Conflict } from "../drafts/Conflict";
import { Offer } from "../drafts/Offer";
import { useSaving } from "../drafts/saving";
import { useComparison } from "../exchange/base";
import { dialog } from "../exchange/dialogs";
import { asked } from "../preview/asked";
import { useChecking } from "../problems/checking";
import { useFlow, useFlowStore } from "../store";
import { Coach } from "../templates/Coach";

const Preview = lazy(() => import("../preview/Preview").then((module) => ({ default: module.Preview })));
const Import = lazy(() => import("../exchange/Import").then((module) => ({ default: module.Import })));
const Compare = lazy(() => import("../exchange/Compare").then((module) => ({ default: module.Compare })));

export function Sides() {
  useSaving();
  useChecking();
  useComparison();
  const open = useStore(dialog);
  const wanted = useStore(asked);
  useEffect(
    () => () => {
      asked.set(undefined);
      dialog.set(undefined);
    },
    [],
  );
  return (
    <>
      <Offer />
      <Conflict />
      <LiveRun />
      <Coach />
      <Suspense fallback={null}>
        {wanted !== undefined && <Preview />}
        {open === "import" && <Import />}
        {open === "compare" && <Compare />}
      </Suspense>
    </>
  );
}

/** Keeps the job whose states the boxes show up to date. */
function LiveRun() {
  const id = useFlow((state) => state.run?.id);
  return id === undefined ? null : <Follow id={id} />;
}

function Follow({ id }: { id: string }) {
  const store = useFlowStore();
  const { data } = useGet("/jobs/{job_id}", { path: { job_id: id } });
  useEffect(() => {
    if (data !== undefined && store.get().run?.id === data.id) store.put({ run: data });
  }, [data, store]);
  return null;
}
