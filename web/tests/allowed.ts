/** Exceptions of the texts test. */

export const ALLOWED = {
  /** Names that are written alike in both languages. */
  same: ["English", "简体中文", "Python", "YAML", "JSON", "CSV", "Parquet", "Arrow", "S3", "HTTP", "Tacit"],
  /** What stands in the code itself: names and keys of keyboards. */
  spoken: ["Tacit", "Ctrl K", "Tab", "A", "B"],
};

/** Keys that are put together in ways that the test does not see: area folder to prefixes of keys. */
export const DYNAMIC: Record<string, string[]> = {};
