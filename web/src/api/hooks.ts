/** Reading and acting, typed by path. Errors are Problems. */
import {
  type QueryKey,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { notify } from "../core/notify";
import { api, dataOf, type Problem } from "./client";
import type { AnswerOf, BodyAndParams, GetPath, ItemOf, Method, PagePath, ParamsOf, UnsafePath } from "./paths";

interface Raw {
  data?: unknown;
  error?: unknown;
  response: Response;
}
type Call = (path: string, init: object) => Promise<Raw>;
type PageAnswer = { items: unknown[]; next?: string | null };
interface Loose {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

const calls: Record<Method | "get", Call> = {
  get: api.GET as unknown as Call,
  post: api.POST as unknown as Call,
  put: api.PUT as unknown as Call,
  patch: api.PATCH as unknown as Call,
  delete: api.DELETE as unknown as Call,
};

/** Under which an answer is cached: `[path, params]`. */
export const keyOf = (path: GetPath, params?: unknown): QueryKey => (params === undefined ? [path] : [path, params]);

/** One GET outside of a component. */
export async function get<P extends GetPath>(
  path: P,
  params?: ParamsOf<P>,
  signal?: AbortSignal,
): Promise<AnswerOf<P>> {
  return dataOf(await calls.get(path, { params: params ?? {}, signal })) as AnswerOf<P>;
}

/** One unsafe call outside of a component. `key`: the same for retries of the same intention. */
export async function act<M extends Method, P extends UnsafePath<M>>(
  method: M,
  path: P,
  values: BodyAndParams<P, M>,
  key: string = crypto.randomUUID(),
): Promise<AnswerOf<P, M>> {
  const { path: inPath, query, body } = values as Loose;
  const headers = method === "post" ? { "Idempotency-Key": key } : undefined;
  return dataOf(await calls[method](path, { params: { path: inPath, query }, body, headers })) as AnswerOf<P, M>;
}

export function useGet<P extends GetPath>(
  path: P,
  params?: ParamsOf<P>,
  options?: { enabled?: boolean; refetchInterval?: number | false; staleTime?: number },
): UseQueryResult<AnswerOf<P>, Problem> {
  return useQuery<AnswerOf<P>, Problem>({
    queryKey: keyOf(path, params),
    queryFn: ({ signal }) => get(path, params, signal),
    ...options,
  });
}

/** A list in pages. `more` is there while there is more. */
export function usePages<P extends PagePath>(
  path: P,
  params?: ParamsOf<P>,
  options?: { enabled?: boolean; refetchInterval?: number | false },
): { items: ItemOf<P>[]; more?: () => void; query: UseInfiniteQueryResult<ItemOf<P>[], Problem> } {
  const query = useInfiniteQuery<PageAnswer, Problem, ItemOf<P>[], QueryKey, string | undefined>({
    queryKey: [...keyOf(path, params ?? {}), "pages"],
    queryFn: ({ signal, pageParam }) => {
      const given = (params ?? {}) as Loose;
      const asked = pageParam === undefined ? given : { ...given, query: { ...given.query, cursor: pageParam } };
      return get(path, asked as ParamsOf<P>, signal) as unknown as Promise<PageAnswer>;
    },
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items) as ItemOf<P>[],
    ...options,
  });
  const more = query.hasNextPage && !query.isFetchingNextPage ? () => void query.fetchNextPage() : undefined;
  return { items: query.data ?? [], more, query };
}

/** Something that changes the node. One `mutate` is one intention: its retries bear the same idempotency key. */
export function useAct<M extends Method, P extends UnsafePath<M>>(
  method: M,
  path: P,
  options?: { invalidates?: GetPath[]; success?: string },
): UseMutationResult<AnswerOf<P, M>, Problem, BodyAndParams<P, M>> {
  const client = useQueryClient();
  return useMutation<AnswerOf<P, M>, Problem, BodyAndParams<P, M>>({
    mutationFn: (values) => act(method, path, values, intentionOf(values)),
    retry: (count, problem) => count < 2 && problem.isUnreachable && method === "post",
    onSuccess: async () => {
      if (options?.success !== undefined) notify({ tone: "ok", text: options.success });
      await Promise.all((options?.invalidates ?? []).map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
}

const intentions = new WeakMap<object, string>();

/** React Query hands the same object to every retry. */
function intentionOf(values: object): string {
  const known = intentions.get(values) ?? crypto.randomUUID();
  intentions.set(values, known);
  return known;
}
