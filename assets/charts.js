// The chart library with the parts that the portal uses, for pages that draw.
import "./charts/main.js";
