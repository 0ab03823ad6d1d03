// The script of Underpin's media type. Zabbix runs it as a function of `value`, the parameters as JSON, in
// ECMAScript 5. What it throws is a failed attempt, which Zabbix repeats; the tags it returns go onto the event.
try {
    var params = JSON.parse(value),
        settings = ['url', 'token', 'HTTPProxy'],
        request = new HttpRequest(),
        body = {},
        answer,
        tags = {};

    if (!/^https?:\/\//.test(params.url)) {
        throw 'set the macro {$UNDERPIN.URL} to the address of Underpin, as https://underpin.example';
    }
    Object.keys(params).forEach(function (name) {
        if (settings.indexOf(name) === -1) {
            body[name] = params[name];
        }
    });
    if (params.HTTPProxy) {
        request.setProxy(params.HTTPProxy);
    }
    request.addHeader('Content-Type: application/json');
    request.addHeader('Authorization: Bearer ' + params.token);
    answer = request.post(params.url.replace(/\/+$/, '') + '/webhooks/zabbix', JSON.stringify(body));
    if (request.getStatus() < 200 || request.getStatus() > 299) {
        throw 'status ' + request.getStatus() + ': ' + answer;
    }
    try {
        tags = JSON.parse(answer).tags || {};
    } catch (ignored) {
        // It is stored all the same; there is only nothing to put onto the event.
    }
    return JSON.stringify({tags: tags});
} catch (error) {
    Zabbix.log(3, '[Underpin] ' + error);
    throw 'Underpin: ' + error;
}
