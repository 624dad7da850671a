// What two clients from npm, written for such an API, get from it. Run by tests/test_api_clients.py, which reads what this prints.
import { Tinybird } from "@chronark/zod-bird";
import { createClient } from "@tinybirdco/sdk";
import { createTinybirdApi } from "@tinybirdco/sdk/api";
import { z } from "zod";

const { url, token, other, admin, mine, theirs } = JSON.parse(process.argv[2]);
const told = {};

const bird = new Tinybird({ token, baseUrl: url });
const days = bird.buildPipe({
  pipe: "wrapped_requests_by_day",
  parameters: z.object({ wrapped_id: z.string(), limit: z.number().optional() }),
  data: z.object({ day: z.string(), requests: z.number().int() }),
});
told.zodBird = await days({ wrapped_id: mine, limit: 2 });
try {
  await days({ wrapped_id: mine, limit: 0.5 });
} catch (error) {
  told.zodBirdRefused = error.message;
}
try {
  await new Tinybird({ token: "x", baseUrl: url }).buildPipe({ pipe: "wrapped_requests_by_day", data: z.any() })();
} catch (error) {
  told.zodBirdForbidden = error.message;
}

const api = createTinybirdApi({ baseUrl: url, token });
told.sdk = await api.query("wrapped_pipe_stats_summary", { wrapped_id: mine });
told.sdkList = await api.query("wrapped_pipe_stats_summary", { wrapped_id: [mine, theirs] });
told.sdkFixed = await api.query("wrapped_pipe_stats_summary", { wrapped_id: theirs }, { token: other });
try {
  await api.query("nothing");
} catch (error) {
  told.sdkMissing = { message: error.message, status: error.statusCode };
}
const client = createClient({ baseUrl: url, token: admin });
const scope = { type: "PIPES:READ", resource: "wrapped_pipe_stats_summary", fixed_params: { wrapped_id: mine, year: 2025 } };
const jwt = await client.tokens.createJWT({ name: "browser", expiresAt: new Date(Date.now() + 3600_000), scopes: [scope], limits: { rps: 10 } });
told.sdkOwnToken = await api.query("wrapped_pipe_stats_summary", { wrapped_id: theirs }, { token: jwt.token });
console.log(JSON.stringify(told));
