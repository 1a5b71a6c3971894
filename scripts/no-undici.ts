// Stands for the package undici in the bundle. client-node's KubeConfig imports it for requests of its own, and sluice makes none through
// it: this way the program is half as large and starts with 7 MB less.

const unused = (): never => {
  throw new Error('undici is not part of this program');
};

export const fetch = unused;
export const Headers = unused;
export const Request = unused;
export const Response = unused;
export const FormData = unused;
export const Agent = unused;
export const ProxyAgent = unused;
export const Socks5ProxyAgent = unused;
export const setGlobalDispatcher = unused;
export default unused;
