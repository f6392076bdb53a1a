package dev.retrykit.failures;

import static dev.retrykit.failures.AwsTests.details;

import io.awspring.cloud.s3.UploadFailedException;
import io.awspring.cloud.sns.core.TopicNotFoundException;
import io.awspring.cloud.sqs.SqsAcknowledgementException;
import io.awspring.cloud.sqs.operations.MessagingOperationFailedException;
import io.awspring.cloud.sqs.operations.SendBatchOperationFailedException;
import io.awspring.cloud.sqs.operations.SendResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.bedrockruntime.model.InternalServerException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelNotReadyException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelStreamErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceUnavailableException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.ReplicatedWriteConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;
import software.amazon.awssdk.services.kms.model.DependencyTimeoutException;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.KeyUnavailableException;
import software.amazon.awssdk.services.kms.model.KmsInternalException;
import software.amazon.awssdk.services.lambda.model.InvalidZipFileException;
import software.amazon.awssdk.services.lambda.model.KmsDisabledException;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ServiceException;
import software.amazon.awssdk.services.lambda.model.SnapStartNotReadyException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;
import software.amazon.awssdk.services.secretsmanager.model.InternalServiceErrorException;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.KmsThrottlingException;
import software.amazon.awssdk.services.sns.model.AuthorizationErrorException;
import software.amazon.awssdk.services.sns.model.ConcurrentAccessException;
import software.amazon.awssdk.services.sns.model.EndpointDisabledException;
import software.amazon.awssdk.services.sns.model.StaleTagException;
import software.amazon.awssdk.services.sns.model.ThrottledException;
import software.amazon.awssdk.services.sqs.model.InvalidSecurityException;
import software.amazon.awssdk.services.sqs.model.KmsAccessDeniedException;
import software.amazon.awssdk.services.sqs.model.KmsThrottledException;
import software.amazon.awssdk.services.sqs.model.OverLimitException;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.RequestThrottledException;

/** What failures of single AWS services mean. */
class AwsServicesTests extends BookTests {

    private static final String REASONS =
            "Transaction cancelled, please refer cancellation reasons for specific reasons ";

    static Stream<Row> rows() {
        return Stream.of(dynamo(), messages(), functions(), models(), spring()).flatMap(rows -> rows);
    }

    private static Stream<Row> dynamo() {
        return Stream.of(
                row("DynamoDB: condition", sent(ConditionalCheckFailedException.builder(), 400), "answered status 400"),
                row(
                        "DynamoDB: throughput",
                        sent(
                                ProvisionedThroughputExceededException.builder().message("x"),
                                400,
                                "ProvisionedThroughputExceededException"),
                        "throttled status 400"),
                row(
                        "DynamoDB: not allowed",
                        sent(DynamoDbException.builder(), 400, "AccessDeniedException"),
                        "neutral status 400"),
                row(
                        "DynamoDB: transaction in progress",
                        sent(TransactionInProgressException.builder(), 400, "TransactionInProgressException"),
                        "throttled status 400"),
                row(
                        "DynamoDB: other parameters",
                        sent(IdempotentParameterMismatchException.builder(), 400),
                        "answered status 400"),
                row("DynamoDB: conflict", sent(TransactionConflictException.builder(), 400), "transient"),
                row(
                        "DynamoDB: conflict of replicas",
                        sent(ReplicatedWriteConflictException.builder(), 400),
                        "transient"),
                row(
                        "DynamoDB: tables at once",
                        sent(software.amazon.awssdk.services.dynamodb.model.LimitExceededException.builder(), 400),
                        "throttled"),
                row("DynamoDB: canceled, conflict", canceled("[None, TransactionConflict]"), "transient"),
                row("DynamoDB: canceled, condition", canceled("[ConditionalCheckFailed, None]"), "answered"),
                row("DynamoDB: canceled, both", canceled("[ConditionalCheckFailed, TransactionConflict]"), "answered"),
                row("DynamoDB: canceled, throttled", canceled("[ThrottlingError]"), "throttled"),
                row("DynamoDB: canceled, no reason", canceled("[]"), "answered status 400"),
                row("DynamoDB: 60 canceled, conflict", canceledLast("TransactionConflict"), "transient"),
                row("DynamoDB: 60 canceled, throttled", canceledLast("ThrottlingError"), "throttled"),
                row("DynamoDB: 60 canceled, condition", canceledLast("ConditionalCheckFailed"), "answered"));
    }

    private static Stream<Row> messages() {
        return Stream.of(
                row("SQS: in flight", sent(OverLimitException.builder(), 403), "throttled"),
                row("SQS: throttled", sent(RequestThrottledException.builder(), 403), "throttled"),
                row("SQS: key throttled", sent(KmsThrottledException.builder(), 400), "throttled"),
                row("SQS: key denied", sent(KmsAccessDeniedException.builder(), 400), "neutral"),
                row("SQS: not signed", sent(InvalidSecurityException.builder(), 400), "neutral"),
                row("SQS: no queue", sent(QueueDoesNotExistException.builder(), 400), "answered status 400"),
                row("SNS: throttled", sent(ThrottledException.builder(), 429), "throttled"),
                row(
                        "SNS: key throttled",
                        sent(software.amazon.awssdk.services.sns.model.KmsThrottlingException.builder(), 400),
                        "throttled"),
                row("SNS: at the same time", sent(ConcurrentAccessException.builder(), 400), "transient"),
                row("SNS: tags changed", sent(StaleTagException.builder(), 400), "transient"),
                row("SNS: not allowed", sent(AuthorizationErrorException.builder(), 403), "neutral"),
                row("SNS: endpoint disabled", sent(EndpointDisabledException.builder(), 400), "answered status 400"),
                row(
                        "Kinesis: streams at once",
                        sent(software.amazon.awssdk.services.kinesis.model.LimitExceededException.builder(), 400),
                        "throttled"),
                row(
                        "Kinesis: key throttled",
                        sent(software.amazon.awssdk.services.kinesis.model.KmsThrottlingException.builder(), 400),
                        "throttled"),
                row(
                        "Kinesis: throughput",
                        sent(
                                software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException
                                        .builder(),
                                400,
                                "ProvisionedThroughputExceededException"),
                        "throttled status 400"));
    }

    private static Stream<Row> functions() {
        return Stream.of(
                row(
                        "Lambda: 429",
                        sent(TooManyRequestsException.builder(), 429, "TooManyRequestsException"),
                        "throttled status 429"),
                row("Lambda: 500", sent(ServiceException.builder(), 500), "transient status 500"),
                row("Lambda: 502, unzip", sent(InvalidZipFileException.builder(), 502), "permanent"),
                row("Lambda: 502, key disabled", sent(KmsDisabledException.builder(), 502), "permanent"),
                row("Lambda: 502", sent(LambdaException.builder(), 502), "transient status 502"),
                row("Lambda: 409, snapshot", sent(SnapStartNotReadyException.builder(), 409), "transient"),
                row("Lambda: 409", sent(ResourceConflictException.builder(), 409), "answered status 409"),
                row("KMS: dependency", sent(DependencyTimeoutException.builder(), 0), "transient"),
                row("KMS: key not there now", sent(KeyUnavailableException.builder(), 0), "transient"),
                row("KMS: internal", sent(KmsInternalException.builder(), 0), "transient"),
                row("KMS: disabled", sent(DisabledException.builder(), 400), "answered status 400"),
                row(
                        "Secrets Manager: internal",
                        sent(InternalServiceErrorException.builder(), 500),
                        "transient status 500"),
                row(
                        "Secrets Manager: none",
                        sent(
                                software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException
                                        .builder(),
                                400),
                        "answered status 400"),
                row(
                        "Step Functions: exists",
                        sent(ExecutionAlreadyExistsException.builder(), 400),
                        "answered status 400"),
                row("Step Functions: key throttled", sent(KmsThrottlingException.builder(), 400), "throttled"));
    }

    private static Stream<Row> models() {
        return Stream.of(
                row("Bedrock: throttled", sent(ThrottlingException.builder(), 429), "throttled"),
                row("Bedrock: not ready", sent(ModelNotReadyException.builder(), 429), "throttled"),
                row("Bedrock: model timed out", sent(ModelTimeoutException.builder(), 408), "transient"),
                row(
                        "Bedrock: model failed with 503",
                        sent(ModelErrorException.builder().originalStatusCode(503), 424),
                        "transient status 503"),
                row(
                        "Bedrock: model failed with 429",
                        sent(ModelErrorException.builder().originalStatusCode(429), 424),
                        "throttled status 429"),
                row(
                        "Bedrock: model failed with 400",
                        sent(ModelErrorException.builder().originalStatusCode(400), 424),
                        "answered status 400"),
                row("Bedrock: model failed", sent(ModelErrorException.builder(), 424), "answered status 424"),
                row("Bedrock: stream failed", sent(ModelStreamErrorException.builder(), 0), "transient"),
                row(
                        "Bedrock: stream failed with 400",
                        sent(ModelStreamErrorException.builder().originalStatusCode(400), 0),
                        "answered status 400"),
                row("Bedrock: internal, in a stream", sent(InternalServerException.builder(), 0), "transient"),
                row("Bedrock: unavailable, in a stream", sent(ServiceUnavailableException.builder(), 0), "transient"),
                row("Bedrock: validation, in a stream", sent(ValidationException.builder(), 0), "answered"),
                row("Bedrock: quota", sent(ServiceQuotaExceededException.builder(), 400), "answered"),
                row(
                        "Bedrock: throttled, the third time",
                        sent(ThrottlingException.builder().numAttempts(3), 429),
                        "nested"));
    }

    private static Stream<Row> spring() {
        SendResult.Batch<String> partly = new SendResult.Batch<>(List.of(), List.of());
        Throwable throttled = new CompletionException(sent(RequestThrottledException.builder(), 403));
        return Stream.of(
                row(
                        "Spring Cloud AWS: sent partly",
                        new SendBatchOperationFailedException("x", "q", partly),
                        "unknown-effect"),
                row(
                        "Spring Cloud AWS: batch not sent",
                        new SendBatchOperationFailedException("x", "q", partly, throttled),
                        "throttled"),
                row(
                        "Spring Cloud AWS: not sent",
                        new MessagingOperationFailedException("x", "q", List.of(), throttled),
                        "throttled"),
                row(
                        "Spring Cloud AWS: not acknowledged",
                        new SqsAcknowledgementException("x", List.of(), List.of(), "q"),
                        "transient"),
                row("Spring Cloud AWS: no topic", new TopicNotFoundException("x"), "answered"),
                row(
                        "Spring Cloud AWS: not uploaded",
                        new UploadFailedException("f", new RuntimeException(AwsTests.aws("SlowDown", 503))),
                        "throttled status 503"));
    }

    private static Throwable canceled(String reasons) {
        return sent(TransactionCanceledException.builder().message(REASONS + reasons), 400);
    }

    /** The last of 60 items has the reason. */
    private static Throwable canceledLast(String code) {
        List<CancellationReason> reasons = new ArrayList<>(Collections.nCopies(59, reason("None")));
        reasons.add(reason(code));
        String codes = reasons.stream().map(CancellationReason::code).collect(Collectors.joining(", ", "[", "]"));
        return sent(
                TransactionCanceledException.builder()
                        .cancellationReasons(reasons)
                        .message(REASONS + codes),
                400);
    }

    private static CancellationReason reason(String code) {
        return CancellationReason.builder().code(code).build();
    }

    private static Throwable sent(AwsServiceException.Builder failure, int status) {
        return failure.statusCode(status).build();
    }

    private static Throwable sent(AwsServiceException.Builder failure, int status, String code) {
        return failure.statusCode(status).awsErrorDetails(details(code)).build();
    }
}
