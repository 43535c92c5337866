/**
 * Addresses of jugdirs in files, where relative paths are relative to the file.
 *
 * @module
 */
import { isAbsolute, relative, resolve, sep } from "node:path";
import { modernAddress } from "../old_address.ts";
import { schemeOf } from "../scheme.ts";

/**
 * Returns the address that means in the current folder what `address` means in `folder`. A path inside the current
 * folder stays relative, since it is shown in messages.
 */
export function addressFrom(address: string, folder: string): string {
  const modern = modernAddress(address);
  const scheme = schemeOf(modern);
  const rest = modern.slice(scheme?.length ?? 0);
  switch (scheme) {
    case undefined:
      return modern === "" ? "" : safe(pathFrom(modern, folder));
    case "sqlite:":
    case "memory:":
      return rest === "" ? modern : scheme + pathFrom(rest, folder);
    case "module:": {
      const [, module = "", where = ""] = /^([^#]*)(.*)$/s.exec(rest) ?? [];
      return module === "" || schemeOf(module) !== undefined ? modern : scheme + pathFrom(module, folder) + where;
    }
    case "unix:": {
      const [, socket = "", query = ""] = /^([^?]*)(.*)$/s.exec(rest) ?? [];
      return socket === "" ? modern : `${scheme}${encoded(socket, folder)}${query}`;
    }
    case "rediss:":
    case "rediss+sentinel:":
      return modern.replace(
        /([?&](?:ca|cert|key)=)([^&?#]+)/g,
        (_, name: string, file: string) => name + encoded(file, folder),
      );
    default:
      return modern;
  }
}

/** A path with a colon after two letters or more would be read as an address with a scheme. */
function safe(path: string): string {
  return schemeOf(path) === undefined ? path : `.${sep}${path}`;
}

function encoded(path: string, folder: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return path; // the address will be refused when it is opened
  }
  return pathFrom(decoded, folder).split("/").map(encodeURIComponent).join("/");
}

function pathFrom(path: string, folder: string): string {
  if (isAbsolute(path)) return path;
  const whole = resolve(folder, path);
  const inside = relative(Deno.cwd(), whole);
  return inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? whole : inside;
}
