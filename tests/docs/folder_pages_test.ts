/** The pages of examples/ and bench/, and of the folders in docs/. They are apart so that they run beside the others. */
import { testPages } from "../support/docs/test_pages.ts";

testPages((path) => /^(examples|bench|docs\/.*)\//.test(path));
