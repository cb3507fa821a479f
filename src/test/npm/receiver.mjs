// A recipient as its owner would write one: verifies each request's raw body with the official package of the
// style that the path names, and answers 204, or 400 with what the package says. The secrets come as JSON in
// the first line of standard input, by path; it ends when standard input does.
import { createInterface } from "node:readline";
import { createServer } from "node:http";
import { verify } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";

const stripe = new Stripe("unused: nothing is asked of Stripe itself");

const verifiers = {
  standard: async (secret, headers, body) => new Webhook(secret).verify(body, headers),
  timestamped: async (secret, headers, body) =>
    stripe.webhooks.constructEvent(body, headers["x-webhook-signature"], secret),
  hex: async (secret, headers, body) => hex(secret, headers["x-hub-signature-256"], body),
  "hex-previous": async (secret, headers, body) =>
    hex(secret, headers["x-hub-signature-256-previous"], body),
};

async function hex(secret, signature, body) {
  if (!(await verify(secret, body.toString("utf8"), signature))) {
    throw new Error("octokit: the signature does not match");
  }
}

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const recipients = JSON.parse(line); // {"/path": {"style": ..., "secret": ...}}
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const { style, secret } = recipients[request.url];
      try {
        await verifiers[style](secret, request.headers, Buffer.concat(chunks));
        response.writeHead(204).end();
      } catch (e) {
        response.writeHead(400).end(String(e.message).split("\n")[0]);
      }
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
});
lines.once("close", () => process.exit(0));
