// The guide: animated pictures, and claims that are measured without leaving the page.
import { followClaims } from "./guide-claims.js";
import { movePictures } from "./guide-pictures.js";

const pictures = movePictures(document.querySelector("form[data-pictures]"));
followClaims({ measuring: pictures.hold });
