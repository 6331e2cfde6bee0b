/** The search for sensitive columns, which goes on at the node in the background. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useAct, useGet } from "../../../api/hooks";
import type { Findings } from "../../../api/types";

const POLL_MS = 700;
const params = (name: string) => ({ path: { name }, query: { limit: 1000 } });

export interface ScanState {
  findings: Findings | undefined;
  running: boolean;
  start: () => void;
  problem: unknown;
}

/** `first`: starts one if there never was any. */
export function useScan(name: string, first = false): ScanState {
  const client = useQueryClient();
  const begin = useAct("post", "/datasets/{name}/scan", { invalidates: ["/datasets/{name}/findings"] });
  const findings = useFindings(name);
  const state = findings?.scan.state;
  const running = begin.isPending || state === "running";
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !running) void client.invalidateQueries({ queryKey: ["/datasets/{name}/labels"] });
    wasRunning.current = running;
  }, [running, client]);
  const start = (): void => begin.mutate({ path: { name } });
  const begun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    if (!first || state !== "none" || begun.current) return;
    begun.current = true;
    start();
  }, [first, state]);
  return { findings, running, start, problem: begin.error };
}

function useFindings(name: string): Findings | undefined {
  const client = useQueryClient();
  const query = useGet("/datasets/{name}/findings", params(name), { staleTime: 2_000 });
  const running = query.data?.scan.state === "running";
  useEffect(() => {
    if (!running) return;
    const timer = window.setInterval(() => {
      void client.invalidateQueries({ queryKey: ["/datasets/{name}/findings", params(name)] });
    }, POLL_MS);
    return () => window.clearInterval(timer);
  }, [running, client, name]);
  return query.data;
}
