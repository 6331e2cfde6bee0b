/** Types that turn a path of the API into its parameters, body and answer. Paths are written without `/api/v1`. */
import type { paths } from "./schema";

export type Paths = { [K in keyof paths as K extends `/api/v1${infer Rest}` ? Rest : never]: paths[K] };
export type Method = "post" | "put" | "patch" | "delete";

type With<M extends string> = { [P in keyof Paths]: Paths[P] extends { [K in M]: object } ? P : never }[keyof Paths];
type Op<P extends keyof Paths, M extends string> = Paths[P] extends { [K in M]: infer O } ? O : never;
type Json<R> = R extends { content: { "application/json": infer J } } ? J : undefined;
type Good<R> = { [S in keyof R & (200 | 201 | 202 | 204)]: Json<R[S]> }[keyof R & (200 | 201 | 202 | 204)];
type Filled<X> = { [K in keyof X as X[K] extends undefined ? never : K]: X[K] };
type PathOf<O> = O extends { parameters: { path: infer V extends object } } ? { path: V } : { path?: undefined };
type QueryOf<O> = O extends { parameters: { query: infer V extends object } }
  ? { query: V }
  : O extends { parameters: { query?: infer V } }
    ? { query?: Exclude<V, undefined> }
    : { query?: undefined };
type BodyOf<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { "application/json": infer B } } }
    ? { body?: B }
    : { body?: undefined };

export type GetPath = With<"get">;
export type UnsafePath<M extends Method = Method> = With<M>;
/** What a GET takes: `{ path: {...}, query: {...} }`. */
export type ParamsOf<P extends GetPath> = Filled<PathOf<Op<P, "get">>> & Filled<QueryOf<Op<P, "get">>>;
export type AnswerOf<P extends keyof Paths, M extends string = "get"> =
  Op<P, M> extends { responses: infer R } ? Good<R> : never;
/** What an act takes: `{ path, query, body }`, each where the endpoint has it. */
export type BodyAndParams<P extends keyof Paths, M extends Method> = PathOf<Op<P, M>> &
  QueryOf<Op<P, M>> &
  BodyOf<Op<P, M>>;
export type PagePath = {
  [P in GetPath]: AnswerOf<P> extends { items: unknown[]; next?: string | null } ? P : never;
}[GetPath];
export type ItemOf<P extends PagePath> = AnswerOf<P> extends { items: (infer I)[] } ? I : never;
