/** Saves a document as a JSON file on this machine. */
import { Button } from "@mantine/core";
import IconDownload from "@tabler/icons-react/dist/esm/icons/IconDownload.mjs";

interface SaveProps {
  label: string;
  name: string;
  document: () => unknown;
}

export function Save({ label, name, document: made }: SaveProps) {
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
      onClick={() => saveText(JSON.stringify(made(), null, 2), name)}
    >
      {label}
    </Button>
  );
}

/** Nothing leaves the machine: the file is made in the page. */
export function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
