package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.annotation.Idempotent;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Handlers of Spring MVC, each of which answers what it reads, in its own way. */
@RestController
@RequestMapping(method = {RequestMethod.POST, RequestMethod.PUT})
class MvcReaders {

    record Fields(List<String> a, String b, String c) {}

    @Idempotent(required = false)
    @RequestMapping("/parameters")
    String parameters(@RequestParam List<String> a, @RequestParam String b, @RequestParam(required = false) String c) {
        return a + " " + b + " " + c;
    }

    @Idempotent(required = false)
    @RequestMapping("/string")
    String string(@RequestBody String body) {
        return body;
    }

    @Idempotent(required = false)
    @RequestMapping("/bytes")
    byte[] bytes(@RequestBody byte[] body) {
        return body;
    }

    @Idempotent(required = false)
    @RequestMapping("/fields")
    String fields(@RequestBody MultiValueMap<String, String> body) {
        return new TreeMap<>(body).toString();
    }

    @Idempotent(required = false)
    @RequestMapping("/stream")
    String stream(HttpServletRequest request) throws IOException {
        return "read " + new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Idempotent(required = false)
    @RequestMapping("/reader")
    String reader(HttpServletRequest request) throws IOException {
        return "read " + request.getReader().lines().collect(Collectors.joining("\n"));
    }

    @Idempotent(required = false)
    @RequestMapping("/map")
    String map(HttpServletRequest request) {
        Map<String, List<String>> map = new TreeMap<>();
        request.getParameterMap().forEach((name, values) -> map.put(name, Arrays.asList(values)));
        return map.toString();
    }

    @Idempotent(required = false)
    @RequestMapping("/model")
    String model(@ModelAttribute Fields fields) {
        return fields.toString();
    }

    @Idempotent(required = false)
    @RequestMapping("/parameter-and-string")
    String parameterAndString(@RequestParam List<String> a, @RequestBody String body) {
        return a + " " + body;
    }

    @Idempotent(required = false)
    @RequestMapping("/file")
    String file(@RequestParam("file") MultipartFile file, @RequestParam List<String> note) throws IOException {
        return file.getOriginalFilename() + " " + new String(file.getBytes(), StandardCharsets.UTF_8) + " " + note;
    }

    @Idempotent(required = false)
    @RequestMapping("/parts")
    String parts(HttpServletRequest request) throws IOException, ServletException {
        StringBuilder read = new StringBuilder();
        for (Part part : request.getParts()) {
            read.append(part.getName())
                    .append('=')
                    .append(new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .append(';');
        }
        return read.toString();
    }
}
