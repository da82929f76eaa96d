// What everybody writes: an Express route that answers with the JSON that it was sent.
import express from 'express';

const app = express();
app.use(express.json({ limit: '2mb' }));
app.post('/echo', (request, response) => {
  response.json(request.body);
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }));
});
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
