import { afterEach, vi } from "vitest";

Object.defineProperty(window, "matchMedia", {
  writable: true,
  value: (query: string) => ({ matches: false, media: query, addEventListener: vi.fn(), removeEventListener: vi.fn() }),
});
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
afterEach(() => {
  window.localStorage.clear();
});

// A field that grows asks the document about its fonts, which jsdom does not have.
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });
