/** README.md, CONTRIBUTING.md, and the pages beside each other in docs/. */
import { testPages } from "../support/docs/test_pages.ts";

testPages((path) => !/^(examples|bench|docs\/.*)\//.test(path));
