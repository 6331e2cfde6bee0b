import { useEffect, useState } from "react";
import { useGet } from "../../api/hooks";
import { useQueryPart } from "../../core/location";
import type { PageProps } from "../../core/nav";
import { useMe } from "../../core/session";
import { useSpecs } from "../../flow/canvas/FlowCanvas";
import { emptyFlow, type FlowDoc, type Specs } from "../../flow/document";
import { Editor } from "../../flow/editor/Editor";
import { adopt, refreshed, storeOf } from "../../flow/open";
import { Templates } from "../../flow/sides";
import { type FlowDraft, type FlowStore, makeFlowStore, type View } from "../../flow/store";
import { flow } from "../../flow/texts";
import { Async } from "../../ui/Async";
import { Page } from "../../ui/Page";

const NEW = "new";
const VIEWS: readonly View[] = ["canvas", "list", "code"];
/** On a narrower screen the list is what can be worked with. */
const NARROW = 768;

/** The editor, of a flow that the node keeps or of one that begins. */
export default function FlowEditor({ params }: PageProps) {
  const id = params.id ?? NEW;
  const specs = useSpecs();
  const [store, setStore] = useState<FlowStore>();
  const mine = storeOf(id) ?? (store !== undefined && (store.get().id ?? NEW) === id ? store : undefined);
  useEffect(() => {
    if (specs.size > 0 && mine !== undefined && mine.get().specs !== specs) mine.put({ specs });
  }, [mine, specs]);
  if (specs.size === 0) return <Opening />;
  if (mine !== undefined) return <Open key={mine.key} store={mine} specs={specs} isNew={id === NEW} />;
  if (id === NEW) return <Beginning specs={specs} onStore={setStore} />;
  return <Reading key={id} id={id} specs={specs} onStore={setStore} />;
}

interface FirstProps {
  specs: Specs;
  onStore: (store: FlowStore) => void;
}

function Beginning({ specs, onStore }: FirstProps) {
  const me = useMe();
  const [query] = useQueryPart();
  const agreement = query.get("agreement");
  useEffect(() => {
    const store = makeFlowStore({ document: emptyFlow(me.node?.name ?? "me"), agreement });
    store.put({ specs, saved: "saved" });
    onStore(store);
  }, [me, specs, agreement, onStore]);
  return <Opening />;
}

function Reading({ id, specs, onStore }: FirstProps & { id: string }) {
  const draft = useGet("/flows/{draft}", { path: { draft: id } }, { staleTime: 0 });
  const { data } = draft;
  useEffect(() => {
    if (data === undefined) return;
    const store = makeFlowStore(draftOf(data));
    store.put({ specs });
    adopt(store, id);
    onStore(store);
  }, [data, id, specs, onStore]);
  return <Opening query={draft} />;
}

interface OpenProps {
  store: FlowStore;
  specs: Specs;
  isNew: boolean;
}

/** The same editor, whether or not the flow has its id yet. */
function Open({ store, specs, isNew }: OpenProps) {
  const [asked, setAsked] = useState(isNew);
  const [query] = useQueryPart();
  const { id } = store.get();
  const wanted = query.get("view");
  useEffect(() => {
    const view = VIEWS.find((one) => one === wanted) ?? (window.innerWidth < NARROW ? "list" : undefined);
    if (view !== undefined) store.put({ view });
  }, [store, wanted]);
  const draft = useGet(
    "/flows/{draft}",
    { path: { draft: id ?? "" } },
    { enabled: id !== undefined && !isNew, staleTime: 0 },
  );
  useEffect(() => {
    if (draft.data !== undefined) refreshed(store, draftOf(draft.data));
  }, [store, draft.data]);
  if (store.get().specs !== specs && store.get().specs.size === 0) return <Opening />;
  return (
    <>
      <Editor store={store} />
      {asked && (
        <Templates
          first={query.get("template") ?? undefined}
          agreement={store.get().agreement}
          dataset={query.get("dataset") ?? undefined}
          onPick={(document) => {
            const { agreement } = store.get();
            store.load({ document, agreement });
            setAsked(false);
          }}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}

const draftOf = (data: { id: string; version: number; agreement: string | null; document: unknown }): FlowDraft => ({
  ...data,
  document: data.document as FlowDoc,
});

function Opening({ query }: { query?: Parameters<typeof Async>[0]["query"] }) {
  const t = flow.useT();
  const nothing = { data: undefined, error: undefined, isFetching: true, dataUpdatedAt: 0, refetch: () => {} };
  return (
    <Page wide title={t("opening")} crumbs={[[t("title"), "/flows"]]}>
      <Async query={query ?? nothing} height={480}>
        {() => null}
      </Async>
    </Page>
  );
}
