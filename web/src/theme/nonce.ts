/** What the page's content security policy asks of style elements that scripts make. */
export const nonce: string = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
