const isNumber = require("is-number");
const answer = String(isNumber("5") && !require("fs").existsSync("/app/ran"));
require("http").createServer((request, response) => response.end(answer)).listen(3000);
